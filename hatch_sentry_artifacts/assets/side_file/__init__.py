"""The file beside a wheel that keeps what the wheel's upload needs and the wheel does not hold."""
