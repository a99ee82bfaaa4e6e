"""An asset is what a customer has from a subscription line once its order is activated."""
