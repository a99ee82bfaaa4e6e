"""What the use cases ask for through ports, on top of AWS, gateways, carriers and sales channels."""
