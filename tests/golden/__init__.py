"""Today's behaviour as plain JSON: what orders, requests and rows gave once, they give for ever."""
