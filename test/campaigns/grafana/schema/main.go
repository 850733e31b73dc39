// schema DASHBOARD: whether it is what Grafana's own types say a dashboard is, with no field that they do not know.
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	// The fields of each kind of panel and of query belong to plugins.
	plugins.RegisterDefaultPlugins()
	text, err := os.ReadFile(os.Args[1])
	fail(err)
	board := dashboard.Dashboard{}
	fail(board.UnmarshalJSONStrict(text))
	fail(board.Validate())
}

// fail ends with what is wrong. No problems at all come as an empty list, which is an error that is not nil.
func fail(err error) {
	if err == nil || err.Error() == "" {
		return
	}
	fmt.Println(err)
	os.Exit(1)
}
