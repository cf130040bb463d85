/* woapol new: a policy to start from, with tests, a proof and requests. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "compiler/cli/output.h"

static const char policy_text[] =
    "// Who may sign in, from where, on what device, and how.\n"
    "//\n"
    "//   woapol check policy.woapol                    is it sound?\n"
    "//   woapol test policy.woapol                     do its tests hold?\n"
    "//   woapol eval policy.woapol < requests.jsonl    what does it decide?\n"
    "\n"
    "network Office = 198.51.100.0/24 + 2001:db8:10::/48\n"
    "network Vpn    = 10.8.0.0 .. 10.8.3.255\n"
    "network Inside = Office + Vpn\n"
    "\n"
    "device Mobile = ios + android + ipados\n"
    "\n"
    "group Staff       = \"All Staff@corp.example\"\n"
    "group Contractors\n"
    "\n"
    "chain Strong = fido2\n"
    "               else password then authenticator_app\n"
    "\n"
    "app Payroll\n"
    "\n"
    "policy Workforce is default {\n"
    "  rule guests  when group in Contractors and not network in Inside   deny \"Use the partne"
    "r portal\"\n"
    "  rule phones  when device in Mobile and managed and group in Staff  authenticate Strong e"
    "very 8h\n"
    "  rule inside  when network in Inside and group in {Staff, Contractors}\n"
    "                                                                     authenticate password\n"
    "  rule outside when group in Staff                                   authenticate Strong e"
    "very 1h\n"
    "  otherwise deny\n"
    "}\n"
    "\n"
    "policy Finance for Payroll {\n"
    "  rule risky when risk >= medium                            deny \"Sign in from a device w"
    "e know\"\n"
    "  rule staff when group in Staff and managed and compliant  authenticate Strong every 30m\n"
    "  otherwise deny\n"
    "}\n"
    "\n"
    "test \"a contractor at home is sent away\" {\n"
    "  given ip 203.0.113.9 device browser groups Contractors\n"
    "  expect deny by guests\n"
    "}\n"
    "\n"
    "test \"staff sign in from anywhere\" {\n"
    "  given ip 203.0.113.9 device windows groups Staff\n"
    "  expect authenticate Strong by outside\n"
    "  given ip 198.51.100.7 device windows groups Staff\n"
    "  expect authenticate password by inside\n"
    "  given ip 203.0.113.9 device ios groups Staff managed\n"
    "  expect authenticate Strong by phones\n"
    "}\n"
    "\n"
    "test \"payroll wants a sound device and no risk\" {\n"
    "  given app Payroll groups Staff managed compliant risk low\n"
    "  expect authenticate Strong by staff\n"
    "  given app Payroll groups Staff managed compliant risk high\n"
    "  expect deny by risky\n"
    "}\n"
    "\n"
    "prove \"nobody uses Payroll unmanaged\" {\n"
    "  never allow, authenticate when app in Payroll and not managed\n"
    "}\n";

static const char requests_text[] =
    "{\"id\":1,\"ip\":\"203.0.113.9\",\"device\":\"browser\",\"groups\":[\"Contractors\"]}\n"
    "{\"id\":2,\"ip\":\"198.51.100.7\",\"device\":\"windows\",\"groups\":[\"Staff\"]}\n"
    "{\"id\":3,\"ip\":\"203.0.113.9\",\"device\":\"ios\",\"groups\":[\"Staff\"],\"managed\":true}\n"
    "{\"id\":4,\"app\":\"Payroll\",\"groups\":[\"All Staff@corp.example\"],\"managed\":true,"
    "\"compliant\":true,\"risk\":\"low\"}\n"
    "{\"id\":5,\"app\":\"Payroll\",\"groups\":[\"Staff\"],\"managed\":true,\"compliant\":true}\n";

static const struct {
    const char *name, *text;
} files[] = {{"policy.woapol", policy_text}, {"requests.jsonl", requests_text}};
#define FILE_COUNT (sizeof files / sizeof files[0])

static bool
join_path(char path[PATH_MAX], const char *folder, const char *name)
{
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return length > 0 && length < PATH_MAX;
}

int
wp_cmd_new(struct wp_invocation *invocation)
{
    const char *folder = invocation->operand_count > 0 ? invocation->operands[0] : ".";
    char path[FILE_COUNT][PATH_MAX];
    for (size_t i = 0; i < FILE_COUNT; i++) {
        struct stat status;
        if (!join_path(path[i], folder, files[i].name))
            return wp_fail(invocation, "the folder's name is too long");
        if (lstat(path[i], &status) == 0) {
            (void)wp_fail(invocation, "%s exists already; nothing was written", path[i]);
            return WP_EXIT_REFUSED;
        }
    }
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return wp_fail(invocation, "cannot make the folder %s: %s", folder, strerror(errno));
    for (size_t i = 0; i < FILE_COUNT; i++)
        if (!wp_write_file(invocation, path[i], files[i].text, strlen(files[i].text), 0666))
            return WP_EXIT_FAILED;
    for (size_t i = 0; i < FILE_COUNT; i++)
        printf("%s\n", path[i]);
    return WP_EXIT_DONE;
}
