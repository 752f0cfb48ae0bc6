"""The Lab page: small networks that one watches learning."""
