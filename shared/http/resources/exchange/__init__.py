"""An exchange takes units back and adds others, in one change; it goes the way of an amendment."""
