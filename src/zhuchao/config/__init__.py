"""Settings, addresses, the one API object, and the way in for servers."""
