#include "base/base.h"

int ll_placeholder(void);
int ll_placeholder(void) { return 0; }
