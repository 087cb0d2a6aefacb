{
  # A module for test/cells only: asks the kernel for what no cell may have.
  "targets": [
    {
      "target_name": "attacker",
      "sources": ["attacker.c", "attempts.c"],
      "cflags": ["-Wall", "-Wextra", "-Wno-unused-parameter"]
    }
  ]
}
