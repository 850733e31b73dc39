module judge

go 1.18

require golang.org/x/net v0.20.0

require golang.org/x/text v0.14.0 // indirect
