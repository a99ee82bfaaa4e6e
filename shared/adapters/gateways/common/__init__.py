"""The parts that gateways share: signatures, payloads, and how each counts money."""
