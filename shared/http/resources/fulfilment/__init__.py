"""A fulfilment reports that units of a line were picked, packed, shipped, delivered or returned."""
