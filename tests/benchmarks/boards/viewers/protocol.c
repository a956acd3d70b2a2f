/* What servers say: the answer to a handshake, frames, and the messages of a board in them. */

#include "swarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_BYTES (256 * 1024)                 /* of a frame */
#define ACCEPTED "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" /* what RFC 6455 answers to our key */

/* Messages ------------------------------------------------------------------------------------------------------------- */

static int64_t number_after(const uint8_t *text, size_t length, const char *name) {
  const uint8_t *found = memmem(text, length, name, strlen(name));
  return found ? strtoll((const char *)found + strlen(name), NULL, 10) : NONE;
}

/* What a browser does after a gap: it fetches the state. Returns its revision. */
static int64_t fetched_revision(void) {
  static char answer[1 << 20];
  char order[1024];
  size_t have = 0;
  ssize_t count;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0) die("cannot fetch the state");
  int length = snprintf(order, sizeof order, "GET %s HTTP/1.1\r\nhost: swarm\r\nconnection: close\r\n\r\n", state_path);
  if (write(fd, order, (size_t)length) != length) die("cannot fetch the state");
  while ((count = read(fd, answer + have, sizeof answer - have)) > 0) have += (size_t)count;
  close(fd);
  return number_after((uint8_t *)answer, have, "\"revision\":");
}

static void heal(struct viewer *viewer, int64_t at_least) {
  seen.gaps++;
  int64_t revision = fetched_revision();
  if (revision >= at_least) {
    seen.healed++;
    come(viewer, viewer->revision, revision);
  }
}

static void take_patch(struct viewer *viewer, int64_t base, int64_t revision, const uint8_t *text, size_t length) {
  if (newest == NONE) note(base);
  note(revision);
  if (base == NONE || revision <= base || !is_the_same_for_all(base, revision, text, length)) {
    seen.garbled++;
  } else if (viewer->revision == base || viewer->revision == NONE) {
    come(viewer, base, revision);
  } else if (revision <= viewer->revision) {
    seen.doubled++;
  } else if (state_path) {
    heal(viewer, revision);
  } else {
    seen.gaps++;
    seen.lost += (unsigned long long)(base - viewer->revision);
    come(viewer, base, revision);
  }
}

static void take_snapshot(struct viewer *viewer, int64_t revision) {
  if (revision == NONE) seen.garbled++;
  else if (viewer->state != IN) viewer->revision = revision;
  else if (revision <= viewer->revision) seen.doubled++;
  else come(viewer, viewer->revision, revision);
}

static void take_status(struct viewer *viewer, int64_t revision) {
  if (revision > viewer->revision && viewer->state == IN) heal(viewer, revision);
  else if (revision != viewer->revision) seen.garbled++;
}

static bool begins(const uint8_t *text, size_t length, const char *with) {
  return length >= strlen(with) && !memcmp(text, with, strlen(with));
}

static void say(struct viewer *viewer, uint8_t opcode, const void *text, size_t length) {
  uint8_t frame[2 + 4 + 125] = {0x80 | opcode, 0x80 | (uint8_t)length}; /* masked with zeros: it stays as it is */
  if (length > 125) return;
  memcpy(frame + 6, text, length);
  if (write(viewer->fd, frame, 6 + length) < 0) seen.garbled++;
}

static void take_message(struct viewer *viewer, const uint8_t *text, size_t length) {
  const uint8_t *object = memchr(text, '{', length < 32 ? length : 32);
  size_t rest = object ? length - (size_t)(object - text) : 0;
  seen.frames++;
  seen.bytes += length;
  if (hello && begins(text, length, hello)) {
    if (viewer->state == GREETING) arrive(viewer);
  } else if (hello && length == 1 && *text == '2') {
    say(viewer, 1, "3", 1); /* how engine.io pings */
  } else if (begins(object, rest, "{\"type\":\"patch\",")) {
    take_patch(viewer, number_after(object, 48 < rest ? 48 : rest, "\"base\":"),
               number_after(object, 96 < rest ? 96 : rest, "\"revision\":"), text, length);
  } else if (begins(object, rest, "{\"type\":\"snapshot\",")) {
    take_snapshot(viewer, number_after(object, rest, "\"revision\":"));
  } else if (begins(object, rest, "{\"type\":\"status\",")) {
    take_status(viewer, number_after(object, rest, "\"revision\":"));
  } else if (!hello) {
    seen.garbled++;
  }
  if (state_path && viewer->state == GREETING) arrive(viewer);
}

/* Frames and handshakes ------------------------------------------------------------------------------------------------ */

/* Takes the first frame in `text`; returns how long it was, 0 while it is not all there. */
size_t take_frame(struct viewer *viewer, const uint8_t *text, size_t have) {
  if (have < 2) return 0;
  size_t head = 2, length = text[1] & 127;
  if (length == 126) {
    if (have < (head = 4)) return 0;
    length = (size_t)text[2] << 8 | text[3];
  } else if (length == 127) {
    if (have < (head = 10)) return 0;
    length = 0;
    for (int byte = 2; byte < 10; byte++) length = length << 8 | text[byte];
  }
  if (length > MOST_BYTES || (text[1] & 128) || (text[0] & 0xf0) != 0x80) { /* masked, extended or in pieces */
    seen.garbled++;
    leave(viewer, &seen.closed);
    return 0;
  }
  if (have < head + length) return 0;
  switch (text[0] & 15) {
  case 1: case 2: take_message(viewer, text + head, length); break;
  case 8: leave(viewer, &seen.closed); return 0;
  case 9: say(viewer, 10, text + head, length); break;
  }
  return head + length;
}

/* Takes the answer to the handshake; returns how long it was, 0 while it is not all there or was a refusal. */
size_t take_answer(struct viewer *viewer, const uint8_t *text, size_t have) {
  const uint8_t *end = memmem(text, have, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t length = (size_t)(end - text) + 4;
  if (!begins(text, length, "HTTP/1.1 101 ") || !memmem(text, length, ACCEPTED, strlen(ACCEPTED))) {
    leave(viewer, &seen.garbled);
    return 0;
  }
  viewer->state = GREETING;
  if (hello) say(viewer, 1, hello, strlen(hello));
  else if (!state_path || viewer->is_stalled) arrive(viewer);
  return length;
}
