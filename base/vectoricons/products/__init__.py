"""What is sold: families of sets of icons and illustrations, and the words they are found by."""
