"""Rules for what may exist in AWS, for Pulumi's policy engine. Knows nothing of any one program."""
