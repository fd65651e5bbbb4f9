"""The rim of Tenkyo: settings, wiring, command line, HTTP. The only place that builds adapters."""
