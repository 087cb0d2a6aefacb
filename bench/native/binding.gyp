{
  # The floor: what V8 and the operating system cost with nothing of isolet around them. bench/harness/native.mjs builds
  # it when a benchmark needs it; it is no part of the package.
  "targets": [
    {
      "target_name": "floor",
      "sources": ["addon.cc", "bare_isolate.cc", "call.cc", "cold_start.cc", "hop.cc", "value.cc"],
      "cflags_cc!": ["-std=gnu++17", "-std=c++17"],
      "cflags_cc": ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Wno-unused-parameter",
                    "-Wno-cast-function-type", "-Wno-deprecated-declarations"],
    }
  ]
}
