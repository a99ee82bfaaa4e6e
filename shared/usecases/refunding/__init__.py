"""Pay and settle refunds and releases, take gateways' reports of them, and let people end those that a gateway
cannot."""
