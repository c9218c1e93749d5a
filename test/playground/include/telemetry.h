#ifndef TELEMETRY_H
#define TELEMETRY_H

#include <stdint.h>

/* Published to devices/<id>/telemetry once a second. Little endian, no padding. */
typedef struct __attribute__((packed)) {
  uint32_t sequence;      /* counts up from 0 at each start */
  uint32_t uptime_ms;
  uint16_t supply_mv;     /* millivolts */
  int16_t  temperature;   /* hundredths of a degree Celsius */
  uint8_t  led_on : 1;
  uint8_t  charging : 1;
  uint8_t  reserved : 6;
  uint8_t  rssi;          /* negated dBm */
} telemetry_t;

/* Taken from devices/<id>/calibration. */
typedef struct __attribute__((packed)) {
  float    gain;
  int16_t  offset;        /* millivolts */
  uint8_t  flags;
} calibration_t;

#endif
