// Reads lines of JSON, {"noProxy": …, "url": …}, and answers each with true where Go would not use the proxy.
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	input := json.NewDecoder(os.Stdin)
	for input.More() {
		var given struct{ NoProxy, URL string }
		if err := input.Decode(&given); err != nil {
			panic(err)
		}
		address, err := url.Parse(given.URL)
		if err != nil {
			panic(err)
		}
		config := httpproxy.Config{HTTPProxy: "http://proxy.example:3128", NoProxy: given.NoProxy}
		proxy, err := config.ProxyFunc()(address)
		if err != nil {
			panic(err)
		}
		fmt.Println(proxy == nil)
	}
}
