/*
 * The firmware the simulated device stands for: a board that tells its state and takes a few orders over MQTT.
 * It is here to be read next to the messages, not to be built.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "telemetry.h"

#define TOPIC_STATE       "devices/bench-7/state"
#define TOPIC_TELEMETRY   "devices/bench-7/telemetry"
#define TOPIC_ONLINE      "devices/bench-7/online"
#define TOPIC_COUNTER     "devices/bench-7/counter"
#define TOPIC_LED         "devices/bench-7/led"
#define TOPIC_CALIBRATION "devices/bench-7/calibration"
#define TOPIC_GET         "devices/bench-7/get"

static telemetry_t telemetry;
static calibration_t calibration = { .gain = 1.0f };
static unsigned counter;

void mqtt_publish(const char *topic, const void *payload, size_t length, int qos, bool retain);
size_t state_as_json(char *buffer, size_t size);
void led_set(bool on);

/* Once a second. */
void on_timer(uint32_t uptime_ms, uint16_t millivolts)
{
  char json[128];
  char digits[11];

  telemetry.sequence++;
  telemetry.uptime_ms = uptime_ms;
  telemetry.supply_mv = (uint16_t)((float)millivolts * calibration.gain) + calibration.offset;
  mqtt_publish(TOPIC_TELEMETRY, &telemetry, sizeof telemetry, 0, false);
  mqtt_publish(TOPIC_STATE, json, state_as_json(json, sizeof json), 1, true);
  mqtt_publish(TOPIC_COUNTER, digits, snprintf(digits, sizeof digits, "%u", ++counter), 0, false);
}

void on_message(const char *topic, const uint8_t *payload, size_t length)
{
  if (strcmp(topic, TOPIC_LED) == 0) {
    bool on = length > 0 && memmem(payload, length, "true", 4) != NULL;
    telemetry.led_on = on;
    led_set(on);
  } else if (strcmp(topic, TOPIC_CALIBRATION) == 0 && length == sizeof calibration) {
    memcpy(&calibration, payload, sizeof calibration);
  }
}
