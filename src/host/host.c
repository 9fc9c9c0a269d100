#include "host/host.h"

void host_close(struct host *host)
{
	if (host)
		host->verbs->close(host);
}
