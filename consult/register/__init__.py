"""The one door to what others read: leaf, entry, link, content version.

Every act of record goes through `services.record` in the act's own transaction."""
