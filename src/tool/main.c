/* The program `ktstr`, in which no hooks are linked. */
#include "api/public.h"

#include <stddef.h>

int main(int count, char **arguments)
{
	return ktstr_main(count, arguments, NULL);
}
