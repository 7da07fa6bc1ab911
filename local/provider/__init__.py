"""The Pulumi provider of a laptop region: type tokens `aws:*` and the `awsx` components the program uses.

With a region (`VECTORICONS_REGION`) the data plane is made in its AWS endpoint by boto3, databases in its
embedded servers. Everything else, and all of it without a region, is recorded: checked, diffed and
answered the same way every time, so that any stack can be previewed offline.
"""
