/* What the parts of the swarm share: its viewers, what they have seen, and what one part does for another. */

#pragma once
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NONE (-1)

enum state { GONE, CONNECTING, SHAKING, GREETING, IN };

struct viewer {
  int fd;
  uint8_t state;
  bool is_stalled;
  uint32_t held; /* bytes of an unfinished frame */
  uint8_t *tail;
  int64_t revision;
};

struct seen {
  unsigned long long frames, bytes, lost, doubled, gaps, healed, garbled, closed, let_go;
};

extern struct seen seen;
extern struct sockaddr_in server;
extern const char *state_path, *hello;

/* swarm.c */
void die(const char *what);
void arrive(struct viewer *viewer);
void leave(struct viewer *viewer, unsigned long long *count);

/* protocol.c */
size_t take_answer(struct viewer *viewer, const uint8_t *text, size_t have);
size_t take_frame(struct viewer *viewer, const uint8_t *text, size_t have);

/* revisions.c */
extern uint32_t readers; /* who are in and read */
extern int64_t newest;
extern uint64_t moment; /* when the batch at hand was read, in nanoseconds */
void come(struct viewer *viewer, int64_t from, int64_t to);
void come_in(struct viewer *viewer);
void go(const struct viewer *viewer);
void note(int64_t revision);
void tell_complete(void);
bool is_the_same_for_all(int64_t base, int64_t revision, const uint8_t *text, size_t length);
