"""How an account proves itself: invitation, password, reset. The only user of LoginManager and sessions."""
