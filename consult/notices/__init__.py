"""Impact notices: fields, revisions, second pair of eyes, imports, exports."""
