"""Where the parts are joined: one file per command."""
