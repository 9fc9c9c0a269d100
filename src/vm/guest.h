/*
 * guest: what ktstr is inside a virtual machine: the first process. Mounts what a machine has, runs
 * the program that the host described, passes on what it says, and tells its end.
 *
 * The description is the file GUEST_RUN: strings with a NUL behind each, the first letter says what
 * it is: `d` the folder to work in, `e` NAME=VALUE of the environment, `a` an argument (the first
 * is the program), `i` the file that is standard input, `r` a report that the program writes.
 */
#ifndef KTSTR_VM_GUEST_H
#define KTSTR_VM_GUEST_H

#include <stdbool.h>

/* Where ktstr lies in the guest, and the command that makes it the first process. */
#define GUEST_PROGRAM "/ktstr/ktstr"
#define GUEST_COMMAND "vm-init"
#define GUEST_RUN     "/ktstr/run"
#define GUEST_INPUT   "/ktstr/input"
#define GUEST_REPORT  "/ktstr/report"

/* In the program's environment: the descriptor for lines of progress. */
#define GUEST_STATUS_FD "KTSTR_STATUS_FD"

/* Does not come back in a guest: powers it off. Anywhere else: false, and nothing was done. */
bool guest_main(void);

#endif
