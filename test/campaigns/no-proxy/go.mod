module judge

go 1.23.0

require golang.org/x/net v0.36.0

require golang.org/x/text v0.22.0 // indirect
