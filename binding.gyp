{
  # `npx node-gyp rebuild` builds it for the running Node. `npm run build` builds from a copy in build/abi<N>/, one for
  # each Node, and says where the package is, seen from that copy. npm would take this file in a package for an install
  # script: the published package has it as dist/addon.gyp, and package.json says "gypfile": false.
  'variables': {
    'isolet_root%': '.',
    'isolet_sanitize%': '',
  },
  'targets': [
    {
      'target_name': 'isolet',
      'sources': [
        '<!@(node "<(isolet_root)/scripts/list-native-sources.mjs" "<(isolet_root)")',
      ],
      'include_dirs': [
        '<(isolet_root)/native',
        '<!(node -p "require(\'node-addon-api\').include_dir")',
      ],
      'defines': [
        'NAPI_VERSION=9',
        'NAPI_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        # A worker that is being stopped refuses every throw; that is no reason to end the process.
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      # V8's own headers use what they deprecate; native/v8/v8.h decides which call each version gets.
      'defines!': ['V8_DEPRECATION_WARNINGS=1'],
      'cflags_cc!': ['-std=gnu++17', '-frtti', '-fexceptions'],
      'cflags_cc': [
        '-std=gnu++20',
        '-fno-exceptions',
        '-fno-rtti',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        '-ffunction-sections',
        '-fdata-sections',
        '-Wall',
        '-Wextra',
        '-Werror=return-type',
      ],
      'conditions': [
        ['OS=="linux" or OS=="freebsd"', {
          # As system headers, so that our warnings speak of our code only.
          'cflags_cc': [
            '-pthread',
            '-isystem<(node_root_dir)/include/node',
            '-isystem<!(node -p "require(\'node-addon-api\').include_dir")',
          ],
          # nodelete: Node unloads addons with the last environment that used them, but the engine's threads stay.
          'ldflags': ['-pthread', '-Wl,--gc-sections', '-Wl,-z,now', '-Wl,-z,nodelete'],
        }],
        ['OS=="mac"', {
          'xcode_settings': {
            'CLANG_CXX_LANGUAGE_STANDARD': 'gnu++20',
            'CLANG_CXX_LIBRARY': 'libc++',
            'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
            'GCC_ENABLE_CPP_RTTI': 'NO',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'GCC_OPTIMIZATION_LEVEL': '3',
            'MACOSX_DEPLOYMENT_TARGET': '13.5',
            'OTHER_CPLUSPLUSFLAGS': [
              '-isystem<(node_root_dir)/include/node',
              '-Wall',
              '-Wextra',
              '-Werror=return-type',
            ],
            'OTHER_LDFLAGS': ['-Wl,-dead_strip'],
          },
        }],
        ['OS=="win"', {
          'defines': ['NOMINMAX', 'WIN32_LEAN_AND_MEAN', '_HAS_EXCEPTIONS=0'],
          'msvs_settings': {
            'VCCLCompilerTool': {
              'ExceptionHandling': 0,
              'RuntimeTypeInfo': 'false',
              'AdditionalOptions': [
                '/std:c++20',
                '/Zc:__cplusplus',
                '/utf-8',
                '/W4',
                '/wd4100',
                '/external:I<(node_root_dir)/include/node',
                '/external:W0',
                '/we4715',
              ],
              'AdditionalOptions!': ['-std:c++17', '/std:c++17', '-std:c++20'],
            },
            'VCLinkerTool': {'AdditionalOptions': ['/OPT:REF', '/OPT:ICF']},
          },
        }],
        ['isolet_sanitize!="" and OS!="win"', {
          'cflags_cc': ['-fsanitize=<(isolet_sanitize)', '-fno-sanitize=vptr', '-fno-omit-frame-pointer', '-g', '-O1'],
          'ldflags': ['-fsanitize=<(isolet_sanitize)'],
        }],
      ],
    },
  ],
  'conditions': [
    ['OS=="linux"', {
      'targets': [
        {
          # Builds the walls of a process and becomes node: native/launcher/README.md.
          'target_name': 'isolet-launcher',
          'type': 'executable',
          'sources': [
            '<(isolet_root)/native/launcher/children.c',
            '<(isolet_root)/native/launcher/empty_root.c',
            '<(isolet_root)/native/launcher/first_filter.c',
            '<(isolet_root)/native/launcher/identity.c',
            '<(isolet_root)/native/launcher/instructions.c',
            '<(isolet_root)/native/launcher/keeper.c',
            '<(isolet_root)/native/launcher/landlock.c',
            '<(isolet_root)/native/launcher/limits.c',
            '<(isolet_root)/native/launcher/main.c',
            '<(isolet_root)/native/launcher/namespaces.c',
            '<(isolet_root)/native/launcher/report.c',
            '<(isolet_root)/native/launcher/requests.c',
            '<(isolet_root)/native/launcher/spawner.c',
            '<(isolet_root)/native/launcher/start.c',
          ],
          'include_dirs': ['<(isolet_root)/native'],
          'cflags': ['-std=c11', '-fstack-protector-strong', '-Wall', '-Wextra', '-Werror=return-type'],
          'cflags!': ['-rdynamic'],
          'ldflags!': ['-rdynamic'],
          'ldflags': ['-Wl,-z,now', '-Wl,-z,relro'],
        },
      ],
    }],
  ],
}
