/* For tools/analyze coverage, linked with --wrap=_exit: processes that end by _exit(2), as workers and
 * helpers do, write their counts first. */
void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
