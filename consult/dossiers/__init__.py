"""Files representatives open on an AI nobody has told them about: the body's alone until it sends one."""
