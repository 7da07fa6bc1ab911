"""What every module of the domain shares: rows, entities, repositories, services, and what they stand on."""
