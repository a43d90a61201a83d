"""The sandbox's Salesforce: its wire behaviour over real HTTP, and its world through its own methods."""
