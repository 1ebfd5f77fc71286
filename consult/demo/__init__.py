"""The story a newcomer meets, told through the services."""
