"""`python -m local`."""

from local.cli import main
from local.processes import heed_interrupts

heed_interrupts()
main(prog_name="python -m local")
