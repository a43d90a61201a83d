"""The two services behind one protocol, each in a module of its own; native JSON stops here."""
