"""Pages of zones, and the middleware that knows which zone a request is about."""
