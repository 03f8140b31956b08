// uvcdev - a USB webcam (UVC 1.0, one bulk endpoint) in user space, plugged into this kernel through
// vhci-hcd (USB/IP) over a socket pair, so that the real uvcvideo driver serves it as /dev/videoN.
//   uvcdev MJPEGDIR CTLFIFO        MJPEGDIR holds WxH.mjpeg (JPEG images one after another)
// One-word commands on the FIFO: unplug plug freeze thaw errbit truncate corrupt empty stall quit
// Formats: YUYV 640x480@30/15 1280x720@10/5, MJPG 1280x720@30/15 640x480@30/15 1920x1080@30/15 320x240@30/15.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <signal.h>
typedef uint8_t u8;
#define PAYLOAD 16384
struct frame { int w, h, fps[2]; u8 *data; size_t *off; int n; };   // off[n+1]: MJPEG pictures in data
static struct frame yuyv[] = {{640, 480, {30, 15}}, {1280, 720, {10, 5}}};
static struct frame mjpg[] = {{1280, 720, {30, 15}}, {640, 480, {30, 15}}, {1920, 1080, {30, 15}}, {320, 240, {30, 15}}};
#define NY 2
#define NM 4
static u8 cfg[1024]; static int ncfg;
static void p1(int v) { cfg[ncfg++] = v; }
static void p2(int v) { p1(v & 255); p1(v >> 8 & 255); }
static void p4(uint32_t v) { p2(v & 65535); p2(v >> 16); }
static void pb(const void *d, int n) { memcpy(cfg + ncfg, d, n); ncfg += n; }
static uint32_t fsize(struct frame *f) { return (uint32_t)f->w * f->h * 2; }
static void frames(struct frame *f, int n, int sub) {
  for (int i = 0; i < n; i++) {
    p1(26 + 8); p1(0x24); p1(sub); p1(i + 1); p1(0); p2(f[i].w); p2(f[i].h);
    p4(fsize(&f[i]) * 8 * f[i].fps[1]); p4(fsize(&f[i]) * 8 * f[i].fps[0]); p4(fsize(&f[i]));
    p4(10000000 / f[i].fps[0]); p1(2); p4(10000000 / f[i].fps[0]); p4(10000000 / f[i].fps[1]);
  }
  p1(6); p1(0x24); p1(0x0d); p1(1); p1(1); p1(4);
}
static void config(void) {
  pb("\x09\x02\0\0\x02\x01\0\x80\xfa", 9);
  pb("\x08\x0b\0\x02\x0e\x03\0\x02", 8);
  pb("\x09\x04\0\0\0\x0e\x01\0\x02", 9);
  pb("\x0d\x24\x01\0\x01", 5); p2(13 + 18 + 9); p4(48000000); p1(1); p1(1);
  pb("\x12\x24\x02\x01\x01\x02\0\0\0\0\0\0\0\0\x03\0\0\0", 18);
  pb("\x09\x24\x03\x02\x01\x01\0\x01\0", 9);
  pb("\x09\x04\x01\0\x01\x0e\x02\0\0", 9);
  int vs = ncfg;
  p1(13 + 2); p1(0x24); p1(1); p1(2); p2(0); p1(0x81); p1(0); p1(2); p1(0); p1(0); p1(0); p1(1); p1(0); p1(0);
  pb("\x1b\x24\x04\x01", 4); p1(NY); pb("YUY2\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71", 16); p1(16); p1(1); p4(0);
  frames(yuyv, NY, 5);
  pb("\x0b\x24\x06\x02", 4); p1(NM); p1(1); p1(1); p4(0);
  frames(mjpg, NM, 7);
  cfg[vs + 4] = (ncfg - vs) & 255; cfg[vs + 5] = (ncfg - vs) >> 8;
  pb("\x07\x05\x81\x02\0\x02\0", 7);
  cfg[2] = ncfg & 255; cfg[3] = ncfg >> 8;
}
static void load(const char *dir) {
  for (int i = 0; i < NM; i++) {
    char p[4096]; snprintf(p, sizeof p, "%s/%dx%d.mjpeg", dir, mjpg[i].w, mjpg[i].h);
    FILE *f = fopen(p, "rb"); if (!f) { perror(p); exit(1); }
    fseek(f, 0, SEEK_END); long n = ftell(f); rewind(f);
    u8 *s = malloc(n), *d = malloc(n); if (fread(s, 1, n, f) != (size_t)n) exit(1); fclose(f);
    size_t *off = calloc(10001, sizeof *off), o = 0; int k = 0; long a = 0;
    while (a + 4 < n && k < 10000 && s[a] == 0xff && s[a + 1] == 0xd8) {
      off[k++] = o; d[o++] = s[a++]; d[o++] = s[a++];
      while (a + 4 < n && s[a] == 0xff && s[a + 1] != 0xda) {           // marker segments
        int l = 2 + (s[a + 2] << 8 | s[a + 3]);
        memcpy(d + o, s + a, l); o += l;
        a += l;
      }
      while (a + 1 < n && !(s[a] == 0xff && s[a + 1] == 0xd9)) d[o++] = s[a++];
      if (a + 1 < n) { d[o++] = s[a++]; d[o++] = s[a++]; }
    }
    off[k] = o; mjpg[i].data = d; mjpg[i].off = off; mjpg[i].n = k; free(s);
    if (!k) { fprintf(stderr, "%s: no pictures\n", p); exit(1); }
  }
}
static int sock = -1, port;
static struct urb { uint32_t seq, len; } q[256]; static int nq;
static u8 probe[26], commit[26]; static int streaming, frozen;
static u8 *cur; static size_t curlen, curpos; static u8 *curbuf; static int fid; static unsigned count; static double due;
static int err, trunc_, corrupt, empty, stall;
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static uint32_t g4(const u8 *p) { return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24; }
static void s4(u8 *p, uint32_t v) { p[0] = v; p[1] = v >> 8; p[2] = v >> 16; p[3] = v >> 24; }
static struct frame *pick(const u8 *p) { return p[2] == 2 ? &mjpg[p[3] - 1] : &yuyv[p[3] - 1]; }
static void negotiate(u8 *p, const u8 *in, int n) {
  if (n > 26) n = 26;
  u8 t[26] = {0}; memcpy(t, in, n);
  if (t[2] < 1 || t[2] > 2) t[2] = 1;
  if (t[3] < 1 || t[3] > (t[2] == 2 ? NM : NY)) t[3] = 1;
  struct frame *f = pick(t); uint32_t iv = g4(t + 4), a = 10000000 / f->fps[0], b = 10000000 / f->fps[1];
  s4(t + 4, iv && iv > (a + b) / 2 ? b : a);
  s4(t + 18, fsize(f)); s4(t + 22, PAYLOAD);
  memcpy(p, t, 26);
}
static void wr(const void *d, size_t n) {
  const u8 *p = d;
  while (n) { ssize_t k = write(sock, p, n); if (k <= 0) { if (k < 0 && errno == EINTR) continue; return; } p += k; n -= k; }
}
static int rd(void *d, size_t n) {
  u8 *p = d;
  while (n) { ssize_t k = read(sock, p, n); if (k <= 0) { if (k < 0 && errno == EINTR) continue; return -1; } p += k; n -= k; }
  return 0;
}
static void reply(uint32_t cmd, uint32_t seq, int status, const void *d, uint32_t n, uint32_t actual) {
  uint32_t h[12] = {htonl(cmd), htonl(seq), 0, 0, 0, htonl(status)};
  if (cmd == 3) h[6] = htonl(actual), h[8] = htonl(0);
  wr(h, 48); if (n) wr(d, n);
}
static void picture(void) {                     // make the next picture current
  struct frame *f = pick(commit);
  if (commit[2] == 2) {
    int i = count % f->n; size_t n = f->off[i + 1] - f->off[i];
    free(curbuf); curbuf = malloc(n); memcpy(curbuf, f->data + f->off[i], n);
    if (corrupt) { corrupt--; for (size_t k = n / 2; k < n / 2 + 64 && k < n; k++) curbuf[k] ^= 0x5a; }
    if (trunc_) { trunc_--; n /= 2; }
    curlen = n;
  } else {
    size_t n = fsize(f); free(curbuf); curbuf = malloc(n);
    for (int y = 0; y < f->h; y += f->h / 8) {   // eight grey bars that walk, one step a picture
      u8 *row = curbuf + (size_t)y * f->w * 2;
      for (int x = 0; x < f->w * 2; x += 4) { u8 v = 16 + ((x / 4 + count * 4) % 220); row[x] = row[x + 2] = v; row[x + 1] = 128 + (y >> 4); row[x + 3] = 128 - (y >> 4); }
      for (int k = 1; k < f->h / 8 && y + k < f->h; k++) memcpy(row + (size_t)k * f->w * 2, row, f->w * 2);
    }
    curlen = n; if (trunc_) { trunc_--; curlen /= 2; }
  }
  if (empty) { empty--; curlen = 0; }
  cur = curbuf; curpos = 0; fid ^= 1; count++;
}
static void pump(void) {
  double t = now();
  while (streaming && nq && !frozen) {
    if (!cur) {
      if (t < due) return;
      double iv = g4(commit + 4) * 1e-7; due = due + iv < t - 0.5 ? t + iv : due + iv;
      picture();
    }
    static u8 pl[PAYLOAD]; size_t n = curlen - curpos, room = (q[0].len < PAYLOAD ? q[0].len : PAYLOAD) - 2; if (n > room) n = room;
    pl[0] = 2; pl[1] = 0x80 | fid; memcpy(pl + 2, cur + curpos, n); curpos += n;
    if (curpos == curlen) { pl[1] |= 2; cur = 0; }
    if (err && !cur) { pl[1] |= 0x40; err--; }
    uint32_t seq = q[0].seq; nq--; memmove(q, q + 1, nq * sizeof *q);
    int st = 0; if (stall) { stall--; st = -EPIPE; }
    if (st) reply(3, seq, st, 0, 0, 0); else reply(3, seq, 0, pl, n + 2, n + 2);
  }
}
static void control(uint32_t seq, const u8 *s, const u8 *out, uint32_t len) {
  u8 b[1024]; int n = -1, v = s[2] | s[3] << 8, ix = s[4] | s[5] << 8;
  static const u8 dev[18] = {18, 1, 0, 2, 0xef, 2, 1, 64, 0x09, 0x12, 0x01, 0x00, 0x00, 0x01, 1, 2, 3, 1};
  static const u8 qual[10] = {10, 6, 0, 2, 0xef, 2, 1, 64, 1, 0};
  static const char *str[] = {"", "mien", "Test UVC Webcam", "0001"};
  if (s[0] == 0x80 && s[1] == 6) switch (v >> 8) {
    case 1: n = 18; memcpy(b, dev, n); break;
    case 2: n = ncfg; memcpy(b, cfg, n); break;
    case 6: n = 10; memcpy(b, qual, n); break;
    case 3: if (!(v & 255)) { n = 4; memcpy(b, "\x04\x03\x09\x04", 4); }
      else if ((v & 255) < 4) { const char *t = str[v & 255]; n = 2 + 2 * strlen(t); b[0] = n; b[1] = 3; for (int i = 0; t[i]; i++) b[2 + 2 * i] = t[i], b[3 + 2 * i] = 0; }
  } else if ((s[0] & 0x60) == 0 && s[1] == 0) { n = 2; b[0] = b[1] = 0; }                   // GET_STATUS
  else if ((s[0] & 0x60) == 0 && s[1] == 8) { n = 1; b[0] = 1; }                            // GET_CONFIGURATION
  else if ((s[0] & 0x60) == 0 && s[1] == 10) { n = 1; b[0] = 0; }                           // GET_INTERFACE
  else if ((s[0] & 0xe0) == 0) { n = 0; if (s[1] == 1 && ix == 0x81) { streaming = 0; cur = 0; } }  // SET_*, CLEAR_FEATURE
  else if ((s[0] & 0x60) == 0x20 && (ix & 255) == 1 && (v >> 8 == 1 || v >> 8 == 2)) {
    u8 *c = v >> 8 == 1 ? probe : commit;
    switch (s[1]) {
      case 1: negotiate(c, out, len); n = 0; if (c == commit) { streaming = 1; cur = 0; due = now(); } break;
      case 0x81: n = 26; memcpy(b, c, n); break;
      case 0x82: case 0x83: case 0x87: { u8 t[26]; n = 26; memcpy(t, probe, 26); if (s[1] == 0x87) memset(t, 0, 26); negotiate(b, t, 26);
        struct frame *f = pick(b); s4(b + 4, 10000000 / f->fps[s[1] == 0x83]); break; }
      case 0x85: n = 2; b[0] = 26; b[1] = 0; break;
      case 0x86: n = 1; b[0] = 3; break;
    }
  }
  int want = s[6] | s[7] << 8; if (n > want) n = want;
  if (n < 0) reply(3, seq, -EPIPE, 0, 0, 0);
  else if (s[0] & 0x80) reply(3, seq, 0, b, n, n);
  else reply(3, seq, 0, 0, 0, len);
}
static void plug(void) {
  if (sock >= 0) return;
  int sv[2]; if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv)) { perror("socketpair"); return; }
  int big = 1 << 20; for (int i = 0; i < 2; i++) setsockopt(sv[i], SOL_SOCKET, SO_SNDBUF, &big, sizeof big);
  nq = streaming = frozen = 0; cur = 0; u8 z[26] = {0, 0, 1, 1}; negotiate(probe, z, 26); memcpy(commit, probe, 26);
  for (port = 0; port < 8; port++) {
    FILE *f = fopen("/sys/devices/platform/vhci_hcd.0/attach", "w"); if (!f) { perror("vhci_hcd attach"); exit(1); }
    fprintf(f, "%d %d %u %d", port, sv[1], 0x10002u, 3);
    if (!fclose(f)) { close(sv[1]); sock = sv[0]; fprintf(stderr, "uvcdev: plugged into port %d\n", port); return; }
  }
  fprintf(stderr, "uvcdev: no free port\n"); close(sv[0]); close(sv[1]);
}
static void unplug(void) { if (sock >= 0) { shutdown(sock, SHUT_RDWR); close(sock); sock = -1; nq = 0; fprintf(stderr, "uvcdev: unplugged\n"); } }
int main(int c, char **v) {
  if (c < 3) return 2;
  signal(SIGPIPE, SIG_IGN); load(v[1]); config(); mkfifo(v[2], 0666); chmod(v[2], 0666);
  int ctl = open(v[2], O_RDWR | O_NONBLOCK); if (ctl < 0) { perror(v[2]); return 1; }
  plug();
  for (;;) {
    pump();
    int to = 1000; if (streaming && nq && !frozen) { double d = due - now(); to = d <= 0 ? 0 : (int)(d * 1000) + 1; }
    struct pollfd p[2] = {{ctl, POLLIN, 0}, {sock, POLLIN, 0}};
    poll(p, 2, to);
    if (p[0].revents & POLLIN) {
      char b[256]; ssize_t n = read(ctl, b, 255); if (n > 0) { b[n] = 0; char *sp, *w = strtok_r(b, " \n", &sp);
        for (; w; w = strtok_r(0, " \n", &sp)) {
          if (!strcmp(w, "unplug")) unplug(); else if (!strcmp(w, "plug")) plug();
          else if (!strcmp(w, "freeze")) frozen = 1; else if (!strcmp(w, "thaw")) frozen = 0, due = now();
          else if (!strcmp(w, "errbit")) err++; else if (!strcmp(w, "truncate")) trunc_++;
          else if (!strcmp(w, "corrupt")) corrupt++; else if (!strcmp(w, "empty")) empty++;
          else if (!strcmp(w, "stall")) stall++;
          else if (!strcmp(w, "quit")) { unplug(); return 0; } else fprintf(stderr, "uvcdev: what is %s?\n", w);
        } }
    }
    if (sock >= 0 && p[1].revents) {
      uint32_t h[12]; if (rd(h, 48)) { fprintf(stderr, "uvcdev: the kernel closed the port\n"); close(sock); sock = -1; continue; }
      uint32_t cmd = ntohl(h[0]), seq = ntohl(h[1]), in = ntohl(h[3]), ep = ntohl(h[4]);
      if (cmd == 1) {
        uint32_t len = ntohl(h[6]); u8 *s = (u8 *)&h[10]; static u8 out[65536];
        if (!in && len) { if (len > sizeof out || rd(out, len)) { close(sock); sock = -1; continue; } }
        if (ep == 0) control(seq, s, out, len);
        else if (in && nq < 256) { q[nq].seq = seq; q[nq++].len = len; }
        else reply(3, seq, -EPIPE, 0, 0, 0);
      } else if (cmd == 2) {
        uint32_t un = ntohl(h[5]); int st = 0;
        for (int i = 0; i < nq; i++) if (q[i].seq == un) { nq--; memmove(q + i, q + i + 1, (nq - i) * sizeof *q); st = -ECONNRESET; break; }
        reply(4, seq, st, 0, 0, 0);
      }
    }
  }
}
