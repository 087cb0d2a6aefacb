// What the launcher is told, as arguments: `isolet-launcher key=value… -- program arguments…`.
//
// Arguments, not a structure: there is no layout for two languages to agree on, a person can read and repeat them, and
// nothing in them is secret. Each key is known, each number is checked, and what is not understood ends the launcher.
#pragma once

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { kMostPaths = 256, kMostKept = 8, kMostVariables = 16, kMostLimits = 16 };

// Whether a layer must stand.
enum Want { kOff, kAuto, kRequired };

struct Grant {
  const char* path;
  bool execute;
};

struct Link {
  const char* name;
  const char* target;
};

struct Limit {
  int resource;
  rlim_t most;
};

struct Instructions {
  int report;                      // report=FD
  pid_t parent;                    // parent=PID: who must be alive
  enum Want namespaces, landlock;  // namespaces=, landlock= off | auto | required

  int kept[kMostKept];  // keep=FD, beside 0, 1 and 2
  int kept_count;
  struct Grant grants[kMostPaths];  // read=PATH, execute=PATH: may be opened; all that the empty root has
  int grant_count;
  struct Link links[kMostPaths];  // link=NAME:TARGET: symbolic links of the empty root
  int link_count;
  char* variables[kMostVariables + 1];  // variable=NAME=VALUE: all of the environment
  int variable_count;
  struct Limit limits[kMostLimits];  // limit=NAME:NUMBER
  int limit_count;

  char** program;  // with its arguments, ended by NULL
};

// Ends the process if anything is not understood.
void ReadInstructions(int count, char** arguments, struct Instructions* instructions);
