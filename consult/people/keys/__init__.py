"""Keys of the programming interface: made by an administrator, shown once, revoked. A key is
``consult_<id>_<secret>``; of the secret only a digest is kept, and of its use only a day."""
