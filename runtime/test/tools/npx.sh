#!/bin/sh
# The command `npx` in projects of tests that have all commands in their path already: a third of a second less for each.
exec "$@"
