"""What a program does to streams and switches, in order: plain values, and each format one function to a string."""
