"""The SSH door: what sshd tells of a visit, what its command line says, and what a visit may use up."""
