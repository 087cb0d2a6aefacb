{
  # A module for test/value-addon/check.mjs only: the value protocol without the engine around it.
  "targets": [
    {
      "target_name": "value_addon",
      "sources": ["addon.cc", "../../native/v8/strings.cc", "../../native/v8/hidden_class.cc", "<!@(node -p \"require('fs').readdirSync('../../native/value').filter(f => f.endsWith('.cc')).map(f => '../../native/value/' + f).join(' ')\")"],
      "include_dirs": ["../../native"],
      "cflags_cc!": ["-fexceptions", "-frtti", "-std=gnu++17"],
      "cflags_cc": ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Wno-unused-parameter"]
    }
  ]
}
